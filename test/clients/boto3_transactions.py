"""Transactions: all or nothing, reasons, tokens, reads, capacity, limits; with the client and with the resource's."""

from decimal import Decimal

from boto3.dynamodb.types import TypeSerializer

from boto3_support import client, expect, expect_error, expect_message, make_table, resource, test

serialize = TypeSerializer().serialize


def wire(item):
    return {name: serialize(value) for name, value in item.items()}


def put(table, item, **more):
    return {"Put": {"TableName": table, "Item": wire(item), **more}}


def balance(name, account):
    return resource.Table(name).get_item(Key={"pk": account}, ConsistentRead=True)["Item"]["balance"]


def transfer(name, cents):
    """Moves money between two accounts, never more than there is."""

    def change(account, sign, **more):
        return {
            "Update": {
                "TableName": name,
                "Key": wire({"pk": account}),
                "UpdateExpression": "ADD balance :c",
                "ExpressionAttributeValues": {":c": serialize(sign * cents), **more.pop("values", {})},
                **more,
            }
        }

    return [
        change(
            "from",
            -1,
            values={":m": serialize(cents)},
            ConditionExpression="balance >= :m",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        ),
        change("to", 1),
    ]


def accounts(name):
    table = make_table(name)
    table.put_item(Item={"pk": "from", "balance": 100})
    table.put_item(Item={"pk": "to", "balance": 0})


@test
def transactions_write_all_or_nothing():
    accounts("transfers")
    client.transact_write_items(TransactItems=transfer("transfers", 60))
    expect((balance("transfers", "from"), balance("transfers", "to")), (Decimal(40), Decimal(60)))
    error = expect_error("TransactionCanceledException", client.transact_write_items, TransactItems=transfer("transfers", 60))
    expect(
        error["Error"]["Message"],
        "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]",
    )
    expect(
        error["CancellationReasons"],
        [
            {
                "Code": "ConditionalCheckFailed",
                "Message": "The conditional request failed",
                "Item": wire({"pk": "from", "balance": 40}),
            },
            {"Code": "None"},
        ],
    )
    expect((balance("transfers", "from"), balance("transfers", "to")), (Decimal(40), Decimal(60)))
    try:
        client.transact_write_items(TransactItems=transfer("transfers", 60))
    except client.exceptions.TransactionCanceledException as error:
        expect(error.response["CancellationReasons"][0]["Code"], "ConditionalCheckFailed")
    else:
        raise AssertionError("the transaction was not cancelled")


@test
def a_resource_has_transactions_with_plain_values():
    table = make_table("plain-values")
    plain = resource.meta.client
    plain.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": table.name, "Item": {"pk": "a", "n": 1}, "ConditionExpression": "attribute_not_exists(pk)"}},
            {"Put": {"TableName": table.name, "Item": {"pk": "b", "tags": {"x", "y"}}}},
        ]
    )
    read = plain.transact_get_items(
        TransactItems=[{"Get": {"TableName": table.name, "Key": {"pk": pk}}} for pk in ("a", "missing", "b")]
    )
    expect(
        [each.get("Item") for each in read["Responses"]], [{"pk": "a", "n": Decimal(1)}, None, {"pk": "b", "tags": {"x", "y"}}]
    )


@test
def every_action_takes_part():
    table = make_table("actions")
    for pk in ("check", "delete", "update"):
        table.put_item(Item={"pk": pk, "n": 1})
    condition = {"ConditionExpression": "n = :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    actions = [
        {"ConditionCheck": {"TableName": "actions", "Key": wire({"pk": "check"}), **condition}},
        {"Delete": {"TableName": "actions", "Key": wire({"pk": "delete"}), **condition}},
        {"Update": {"TableName": "actions", "Key": wire({"pk": "update"}), "UpdateExpression": "SET n = n + :one", **condition}},
        put("actions", {"pk": "put", "n": 5}, ConditionExpression="attribute_not_exists(pk)"),
    ]
    client.transact_write_items(TransactItems=actions)
    items = {item["pk"]: int(item["n"]) for item in table.scan(ConsistentRead=True)["Items"]}
    expect(items, {"check": 1, "update": 2, "put": 5})
    error = expect_error("TransactionCanceledException", client.transact_write_items, TransactItems=actions)
    failed = "ConditionalCheckFailed"
    expect([reason["Code"] for reason in error["CancellationReasons"]], ["None", failed, failed, failed])


@test
def a_token_makes_a_transaction_happen_once():
    accounts("tokens")
    for _ in range(3):
        client.transact_write_items(TransactItems=transfer("tokens", 30), ClientRequestToken="pays-once")
    expect(balance("tokens", "to"), Decimal(30))
    expect_error(
        "IdempotentParameterMismatchException",
        client.transact_write_items,
        TransactItems=transfer("tokens", 31),
        ClientRequestToken="pays-once",
    )


@test
def transactions_tell_their_capacity():
    accounts("transaction-capacity")
    written = client.transact_write_items(
        TransactItems=transfer("transaction-capacity", 1), ReturnConsumedCapacity="INDEXES"
    )
    expect(
        written["ConsumedCapacity"],
        [
            {
                "TableName": "transaction-capacity",
                "CapacityUnits": 4.0,
                "WriteCapacityUnits": 4.0,
                "Table": {"WriteCapacityUnits": 4.0, "CapacityUnits": 4.0},
            }
        ],
    )
    read = client.transact_get_items(
        TransactItems=[{"Get": {"TableName": "transaction-capacity", "Key": wire({"pk": "to"})}}],
        ReturnConsumedCapacity="TOTAL",
    )
    expect(
        read["ConsumedCapacity"],
        [{"TableName": "transaction-capacity", "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}],
    )


@test
def transactions_span_tables_and_project():
    make_table("span-a")
    make_table("span-b", "N")
    client.transact_write_items(
        TransactItems=[put("span-a", {"pk": "x", "n": 1, "m": 2}), put("span-b", {"pk": "x", "sk": 7, "n": 3})]
    )
    read = client.transact_get_items(
        TransactItems=[
            {"Get": {"TableName": "span-a", "Key": wire({"pk": "x"}), "ProjectionExpression": "n"}},
            {"Get": {"TableName": "span-b", "Key": wire({"pk": "x", "sk": 7})}},
        ]
    )
    expect([each["Item"] for each in read["Responses"]], [wire({"n": 1}), wire({"pk": "x", "sk": 7, "n": 3})])


@test
def wrong_transactions_are_refused():
    make_table("refused")
    one = put("refused", {"pk": "a"})
    expect_message(
        "ValidationException",
        "Transaction request cannot include multiple operations on one item",
        client.transact_write_items,
        TransactItems=[one, one],
    )
    many = [put("refused", {"pk": f"k{number}"}) for number in range(101)]
    expect_error("ValidationException", client.transact_write_items, TransactItems=many)
    client.transact_write_items(TransactItems=many[:100])
    expect_error("ResourceNotFoundException", client.transact_write_items, TransactItems=[put("nowhere", {"pk": "a"})])
    error = expect_error(
        "TransactionCanceledException",
        client.transact_write_items,
        TransactItems=[one, put("refused", {"other": "a"})],
    )
    expect([reason["Code"] for reason in error["CancellationReasons"]], ["None", "ValidationError"])
