"""Queries, scans and batches: order, ranges, pages, segments, counts, limits, consumed capacity."""

from decimal import Decimal

from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

from boto3_support import client, expect, expect_error, expect_message, make_table, test

# Sort keys of each type in DynamoDB's order: texts by UTF-8, numbers by value, binaries by unsigned bytes.
SORTED = {
    "S": ["A", "B", "a", "aa", "ab", "b", "\u00e9", "\uff5e", "\U0001f600"],
    "N": [Decimal(text) for text in ["-1E+30", "-100", "-1.5", "-1", "0", "0.5", "1", "9", "10", "100.25", "1E+30"]],
    "B": [b"\x00", b"\x00\x00", b"\x01", b"\x7f", b"\x80", b"\xff", b"\xff\x00", b"\xff\xff"],
}


def sorted_table(kind):
    table = make_table(f"sorted-{kind}", kind)
    values = SORTED[kind]
    with table.batch_writer() as batch:
        for index in range(len(values)):
            # An order that has nothing to do with the expected one: 7 and these lengths have no common factor.
            batch.put_item(Item={"pk": "p", "sk": values[index * 7 % len(values)], "other": index})
    expect(table.scan(Select="COUNT")["Count"], len(values))
    return table, values


def sort_keys(answer):
    return [item["sk"].value if isinstance(item["sk"], Binary) else item["sk"] for item in answer["Items"]]


def check_conditions(kind):
    table, values = sorted_table(kind)
    low, high = values[2], values[5]
    partition = Key("pk").eq("p")
    for condition, wanted in [
        (None, values),
        (Key("sk").eq(low), values[2:3]),
        (Key("sk").lt(low), values[:2]),
        (Key("sk").lte(low), values[:3]),
        (Key("sk").gt(low), values[3:]),
        (Key("sk").gte(low), values[2:]),
        (Key("sk").between(low, high), values[2:6]),
    ]:
        whole = partition if condition is None else partition & condition
        expect(sort_keys(table.query(KeyConditionExpression=whole)), wanted)
        expect(sort_keys(table.query(KeyConditionExpression=whole, ScanIndexForward=False)), wanted[::-1])
        found = []
        start = {}
        while True:
            page = table.query(KeyConditionExpression=whole, Limit=2, **start)
            found.extend(sort_keys(page))
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        expect(found, wanted)
    return table


@test
def text_sort_keys_have_their_order():
    table = check_conditions("S")
    found = table.query(KeyConditionExpression=Key("pk").eq("p") & Key("sk").begins_with("a"))
    expect(sort_keys(found), ["a", "aa", "ab"])


@test
def number_sort_keys_have_their_order():
    check_conditions("N")


@test
def binary_sort_keys_have_their_order():
    table = check_conditions("B")
    found = table.query(KeyConditionExpression=Key("pk").eq("p") & Key("sk").begins_with(b"\xff"))
    expect(sort_keys(found), [b"\xff", b"\xff\x00", b"\xff\xff"])


@test
def key_conditions_are_checked():
    table = make_table("key-conditions", "S")
    for condition, message in [
        (Key("pk").gt("a"), "Query key condition not supported"),
        (Key("sk").eq("a"), "Query condition missed key schema element: pk"),
        (Key("pk").eq("a") & Key("sk").eq(1), "One or more parameter values were invalid: Condition parameter type does not match schema type"),
    ]:
        expect_message("ValidationException", message, table.query, KeyConditionExpression=condition)
    expect_message(
        "ValidationException",
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
        table.query,
        KeyConditionExpression=Key("pk").eq("a"),
        FilterExpression=Attr("sk").eq("a"),
    )


@test
def pages_end_at_a_megabyte():
    table = make_table("megabyte", "N")
    size = 100_000
    with table.batch_writer() as batch:
        for number in range(25):
            batch.put_item(Item={"pk": "p", "sk": number, "fill": "x" * size})
    page = table.query(KeyConditionExpression=Key("pk").eq("p"), ReturnConsumedCapacity="TOTAL")
    # The item that reaches 1 MB is still on the page: 11 times about 100 kB.
    expect([int(item["sk"]) for item in page["Items"]], list(range(11)))
    expect(page["LastEvaluatedKey"], {"pk": "p", "sk": Decimal(10)})
    counted = table.query(KeyConditionExpression=Key("pk").eq("p"), Select="COUNT")
    expect((counted["Count"], "Items" in counted, "LastEvaluatedKey" in counted), (11, False, True))
    filtered = table.query(KeyConditionExpression=Key("pk").eq("p"), FilterExpression=Attr("fill").eq("y"))
    expect((filtered["Count"], filtered["ScannedCount"], "LastEvaluatedKey" in filtered), (0, 11, True))
    for paginator, arguments in [
        ("scan", {}),
        ("query", {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}),
    ]:
        pages = list(client.get_paginator(paginator).paginate(TableName="megabyte", **arguments))
        expect([len(each["Items"]) for each in pages], [11, 11, 3])
        expect([int(item["sk"]["N"]) for each in pages for item in each["Items"]], list(range(25)))


@test
def scans_filter_count_and_page():
    table = make_table("scanned")
    with table.batch_writer() as batch:
        for number in range(50):
            batch.put_item(Item={"pk": f"k{number}", "n": number})
    everything = table.scan()
    expect((everything["Count"], everything["ScannedCount"]), (50, 50))
    found = table.scan(FilterExpression=Attr("n").lt(10) | Attr("n").gte(45))
    expect((found["Count"], found["ScannedCount"]), (15, 50))
    expect(sorted(int(item["n"]) for item in found["Items"]), [*range(10), *range(45, 50)])
    counted = table.scan(Select="COUNT", FilterExpression=Attr("n").between(3, 5))
    expect((counted["Count"], counted["ScannedCount"], "Items" in counted), (3, 50, False))
    order = [item["pk"] for item in everything["Items"]]
    paged = client.get_paginator("scan").paginate(TableName="scanned", PaginationConfig={"PageSize": 7})
    expect([item["pk"]["S"] for page in paged for item in page["Items"]], order)
    projected = table.scan(ProjectionExpression="n", Limit=1)
    expect(list(projected["Items"][0]), ["n"])


@test
def segments_share_a_table_out():
    table = make_table("segments", "N")
    with table.batch_writer() as batch:
        for number in range(200):
            batch.put_item(Item={"pk": f"p{number % 40}", "sk": number})
    for total in [1, 3, 16]:
        seen = []
        for segment in range(total):
            start = {}
            while True:
                page = table.scan(Segment=segment, TotalSegments=total, Limit=13, **start)
                seen.extend(int(item["sk"]) for item in page["Items"])
                if "LastEvaluatedKey" not in page:
                    break
                start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        expect(sorted(seen), list(range(200)))
    expect_message(
        "ValidationException",
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 3 is not less than TotalSegments: 3",
        table.scan,
        Segment=3,
        TotalSegments=3,
    )


@test
def batches_have_limits():
    make_table("batch-limits")
    keys = [{"pk": {"S": f"k{number}"}} for number in range(101)]
    puts = [{"PutRequest": {"Item": key}} for key in keys]
    for first in range(0, 100, 25):
        client.batch_write_item(RequestItems={"batch-limits": puts[first : first + 25]})
    read = client.batch_get_item(RequestItems={"batch-limits": {"Keys": keys[:100], "ConsistentRead": True}})
    expect(len(read["Responses"]["batch-limits"]), 100)
    expect(read["UnprocessedKeys"], {})
    expect_error("ValidationException", client.batch_get_item, RequestItems={"batch-limits": {"Keys": keys}})
    expect_error("ValidationException", client.batch_write_item, RequestItems={"batch-limits": puts[:26]})
    duplicate = "Provided list of item keys contains duplicates"
    expect_message(
        "ValidationException",
        duplicate,
        client.batch_get_item,
        RequestItems={"batch-limits": {"Keys": [keys[0], keys[0]]}},
    )
    expect_message(
        "ValidationException",
        duplicate,
        client.batch_write_item,
        RequestItems={"batch-limits": [puts[0], {"DeleteRequest": {"Key": keys[0]}}]},
    )


@test
def large_batches_come_back_in_parts():
    make_table("batch-large")
    fill = {"S": "x" * 300_000}
    for number in range(60):
        client.put_item(TableName="batch-large", Item={"pk": {"S": f"k{number}"}, "fill": fill})
    wanted = {"batch-large": {"Keys": [{"pk": {"S": f"k{number}"}} for number in range(60)]}}
    seen = []
    rounds = 0
    while wanted:
        answer = client.batch_get_item(RequestItems=wanted)
        seen.extend(item["pk"]["S"] for item in answer["Responses"]["batch-large"])
        wanted = answer["UnprocessedKeys"]
        rounds += 1
    # 18 MB do not fit into one answer of at most 16 MB.
    expect(rounds > 1, True)
    expect(sorted(seen), sorted(f"k{number}" for number in range(60)))


@test
def the_batch_writer_overwrites_and_deletes():
    table = make_table("writer")
    with table.batch_writer(overwrite_by_pkeys=["pk"]) as batch:
        for number in range(60):
            batch.put_item(Item={"pk": f"k{number % 30}", "n": number})
    expect(sorted(int(item["n"]) for item in table.scan()["Items"]), list(range(30, 60)))
    with table.batch_writer() as batch:
        for number in range(30):
            batch.delete_item(Key={"pk": f"k{number}"})
    expect(table.scan()["Items"], [])


@test
def capacity_follows_the_sizes():
    make_table("units", "S")
    key = {"pk": {"S": "p"}, "sk": {"S": "a"}}

    def sized(sort, size):
        return {"pk": {"S": "p"}, "sk": {"S": sort}, "fill": {"S": "x" * (size - 2 - 1 - 2 - len(sort) - 4)}}

    def units(call, **arguments):
        consumed = call(**arguments, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
        return consumed[0]["CapacityUnits"] if isinstance(consumed, list) else consumed["CapacityUnits"]

    expect(units(client.put_item, TableName="units", Item=sized("a", 500)), 1.0)
    expect(units(client.put_item, TableName="units", Item=sized("a", 9728)), 10.0)
    expect(units(client.put_item, TableName="units", Item=sized("a", 512)), 10.0)
    client.put_item(TableName="units", Item=sized("a", 8192))
    expect(units(client.get_item, TableName="units", Key=key), 1.0)
    expect(units(client.get_item, TableName="units", Key=key, ConsistentRead=True), 2.0)
    expect(units(client.delete_item, TableName="units", Key=key), 8.0)
    expect(units(client.delete_item, TableName="units", Key=key), 1.0)
    expect(units(client.get_item, TableName="units", Key=key), 0.5)
    expect(
        units(
            client.batch_write_item,
            RequestItems={"units": [{"PutRequest": {"Item": sized("b", 500)}}, {"PutRequest": {"Item": sized("c", 3584)}}]},
        ),
        5.0,
    )
    arguments = {"TableName": "units", "KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
    expect(units(client.query, **arguments), 0.5)
    expect(units(client.query, **arguments, ConsistentRead=True), 1.0)
    detailed = client.get_item(TableName="units", Key=key, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
    expect(detailed, {"TableName": "units", "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.5}})
