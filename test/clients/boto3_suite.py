"""boto3 against a running Stator: what Python programs do, with the client's own waiters, paginators and types.

Finds the server through STATOR_ENDPOINT. Runs with the boto3 of Debian (1.26) and newer ones, and needs nothing
else. Ends with "N passed, N failed". Each test makes a table of its own, so that they do not depend on each other.
"""

import sys
import traceback

import boto3

sys.dont_write_bytecode = True

# Each module adds its tests to the list, in this order.
import boto3_basics  # noqa: F401
import boto3_tables  # noqa: F401
import boto3_items  # noqa: F401
import boto3_reads  # noqa: F401
import boto3_partiql  # noqa: F401
import boto3_indexes  # noqa: F401
import boto3_transactions  # noqa: F401
from boto3_support import tests


def main():
    passed = failed = 0
    for function in tests:
        name = function.__name__.replace("_", " ")
        try:
            function()
            passed += 1
            print(f"ok     {name}")
        except Exception:  # Any exception fails its test, and the others still run.
            failed += 1
            print(f"FAILED {name}")
            traceback.print_exc(file=sys.stdout)
    print(f"boto3 {boto3.__version__} on Python {sys.version.split()[0]}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
