"""Runs the tests of privacy and prints a line for each check; ends with 1 where one fails. script/test-privacy says how.

    run.py --program PATH [--long] [--seed N] [NAME…]
"""

from lib import HERE, Lab, runner


def main():
    runner.main(
        HERE,
        lambda arguments, folder, random: Lab(arguments.program, folder, arguments.long, random),
        seed=18,
        seconds={False: 300, True: 3600},
    )


if __name__ == "__main__":
    main()
