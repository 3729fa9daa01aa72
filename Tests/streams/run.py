"""Runs the tests of streams and prints a line for each check; ends with 1 where one fails. script/test-streams says how.

    run.py --broker PROGRAM --program PATH [--long] [--seed N] [NAME…]
"""

from lib import HERE, Lab, runner


def main():
    runner.main(
        HERE,
        lambda arguments, folder, random: Lab(arguments.program, arguments.broker, folder, arguments.long, random),
        seed=16,
        seconds={False: 120, True: 900},
        extra=lambda parser: parser.add_argument("--broker", required=True, help="mockbroker.c, built"),
    )


if __name__ == "__main__":
    main()
