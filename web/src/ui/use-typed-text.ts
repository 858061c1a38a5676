"use client";

import { useEffect, useEffectEvent, useState } from "react";

/**
 * Holds the text of a box, and reports it once the typing pauses. A value that comes from elsewhere,
 * such as an opened view, takes the text's place.
 *
 * @param pauseMs returns the milliseconds to wait for more of a text
 */
export function useTypedText(
  value: string,
  onChange: (value: string) => void,
  pauseMs: (text: string) => number,
) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [reported, setReported] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== reported) {
      setReported(value);
      setText(value);
    }
  }
  const report = (given: string) => {
    setReported(given.trim());
    onChange(given.trim());
  };
  const reportText = useEffectEvent(() => report(text));
  const pause = pauseMs(text);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(reportText, pause);
    return () => clearTimeout(timer);
  }, [text, value, pause]);
  return { text, setText, report };
}
