"""Optuna's TPE behind JSON lines: a study of categorical slots is asked and told in turn.

Each line of standard input is a question, each line of standard output its answer:
  {"study": {"seed": 1, "slots": [{"name": "a", "options": ["x", "y"], "when": null}]}}
  {"score": 1.5}
Both are answered with the options to evaluate next: {"answer": {"options": {"a": "x"}}}.
"""

import json
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def say(reply):
    print(json.dumps(reply), flush=True)


class Study:
    def __init__(self, seed, slots):
        self.slots = slots
        sampler = optuna.samplers.TPESampler(seed=seed)
        self.study = optuna.create_study(direction="maximize", sampler=sampler)
        self.trial = None

    def ask(self):
        self.trial = self.study.ask()
        options = {}
        for slot in self.slots:
            when = slot.get("when")
            if when and options.get(when["slot"]) != when["is"]:
                continue
            options[slot["name"]] = self.trial.suggest_categorical(slot["name"], slot["options"])
        return {"options": options}

    def tell(self, score):
        self.study.tell(self.trial, score)


def main():
    say({"answer": "Optuna " + optuna.__version__})
    study = None
    for line in sys.stdin:
        try:
            question = json.loads(line)
            if "study" in question:
                study = Study(question["study"]["seed"], question["study"]["slots"])
            else:
                study.tell(question["score"])
            say({"answer": study.ask()})
        except Exception as error:
            say({"error": "Optuna's side: %r" % error})


main()
