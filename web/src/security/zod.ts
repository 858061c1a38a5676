import { z } from "zod";

// The policy of pages lets no text run as a script, and the browser reports even zod's trial of it.
z.config({ jitless: true });

export { z };
