"""The first round: each part of the API once, the way Python programs use it."""

from decimal import Decimal

from boto3.dynamodb.conditions import Attr, Key

from boto3_support import client, expect, expect_error, make_table, test


@test
def tables_are_created_described_listed_and_deleted():
    make_table("life")
    described = client.describe_table(TableName="life")["Table"]
    expect(described["TableStatus"], "ACTIVE")
    expect(described["KeySchema"], [{"AttributeName": "pk", "KeyType": "HASH"}])
    expect("life" in client.list_tables()["TableNames"], True)
    expect_error(
        "ResourceInUseException",
        client.create_table,
        TableName="life",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.delete_table(TableName="life")
    client.get_waiter("table_not_exists").wait(TableName="life", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    expect_error("ResourceNotFoundException", client.describe_table, TableName="life")


@test
def tables_are_listed_page_by_page():
    names = [f"page-{number}" for number in range(5)]
    for name in names:
        make_table(name)
    pages = client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
    listed = [name for page in pages for name in page["TableNames"]]
    expect([name for name in listed if name.startswith("page-")], names)


@test
def every_type_comes_back_as_it_was_stored():
    table = make_table("types")
    item = {
        "pk": "all",
        "text": "gr\u00fc\u00dfe \U0001f600",
        "integer": Decimal("12345678901234567890123456789012345678"),
        "fraction": Decimal("-0.000000001234"),
        "yes": True,
        "nothing": None,
        "bytes": b"\x00\xff\x10",
        "list": [Decimal(1), "two", {"three": [Decimal(3)]}],
        "map": {"inner": {"deep": False}, "empty": {}},
        "strings": {"a", "b"},
        "numbers": {Decimal(1), Decimal("2.5")},
        "binaries": {b"x", b"y"},
        "__proto__": "ordinary",
        "constructor": "ordinary",
    }
    table.put_item(Item=item)
    stored = table.get_item(Key={"pk": "all"}, ConsistentRead=True)["Item"]
    stored["bytes"] = stored["bytes"].value
    stored["binaries"] = {binary.value for binary in stored["binaries"]}
    expect(stored, item)


@test
def a_missing_item_is_no_error():
    table = make_table("missing")
    expect("Item" in table.get_item(Key={"pk": "nobody"}), False)
    table.delete_item(Key={"pk": "nobody"})


@test
def conditions_decide():
    table = make_table("conditions")
    table.put_item(Item={"pk": "a", "n": 1}, ConditionExpression=Attr("pk").not_exists())
    expect_error(
        "ConditionalCheckFailedException",
        table.put_item,
        Item={"pk": "a", "n": 2},
        ConditionExpression=Attr("pk").not_exists(),
    )
    expect(table.get_item(Key={"pk": "a"})["Item"]["n"], Decimal(1))
    table.delete_item(Key={"pk": "a"}, ConditionExpression=Attr("n").between(0, 5) & Attr("n").attribute_type("N"))
    expect("Item" in table.get_item(Key={"pk": "a"}), False)


@test
def updates_change_what_they_name():
    table = make_table("updates")
    table.put_item(Item={"pk": "a", "count": 1, "tags": {"x"}, "list": ["one"], "gone": True})
    answer = table.update_item(
        Key={"pk": "a"},
        UpdateExpression="SET #l = list_append(#l, :more), made = if_not_exists(made, :now) ADD #c :one, tags :new REMOVE gone",
        ExpressionAttributeNames={"#l": "list", "#c": "count"},
        ExpressionAttributeValues={":more": ["two"], ":now": 7, ":one": 1, ":new": {"y"}},
        ReturnValues="ALL_NEW",
    )
    wanted = {"pk": "a", "count": Decimal(2), "tags": {"x", "y"}, "list": ["one", "two"], "made": Decimal(7)}
    expect(answer["Attributes"], wanted)
    expect_error(
        "ValidationException",
        table.update_item,
        Key={"pk": "a"},
        UpdateExpression="SET pk = :other",
        ExpressionAttributeValues={":other": "b"},
    )


@test
def a_counter_counts():
    table = make_table("counter")
    for _ in range(50):
        table.update_item(Key={"pk": "c"}, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": 1})
    expect(table.get_item(Key={"pk": "c"}, ConsistentRead=True)["Item"]["n"], Decimal(50))


@test
def queries_follow_number_order_and_pages():
    table = make_table("queries", "N")
    with table.batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"pk": "p", "sk": Decimal(number) - 30, "even": number % 2 == 0})
    arguments = {"TableName": "queries", "KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
    pages = list(client.get_paginator("query").paginate(**arguments, PaginationConfig={"PageSize": 7}))
    expect([int(item["sk"]["N"]) for page in pages for item in page["Items"]], list(range(-30, 30)))
    down = table.query(KeyConditionExpression=Key("pk").eq("p") & Key("sk").between(-2, 2), ScanIndexForward=False)
    expect([int(item["sk"]) for item in down["Items"]], [2, 1, 0, -1, -2])
    filtered = table.query(KeyConditionExpression=Key("pk").eq("p"), FilterExpression=Attr("even").eq(True), Select="COUNT")
    expect((filtered["Count"], filtered["ScannedCount"]), (30, 60))


@test
def sort_keys_begin_with():
    table = make_table("prefixes", "S")
    for name in ["a#1", "a#2", "b#1"]:
        table.put_item(Item={"pk": "p", "sk": name})
    found = table.query(KeyConditionExpression=Key("pk").eq("p") & Key("sk").begins_with("a#"))
    expect([item["sk"] for item in found["Items"]], ["a#1", "a#2"])


@test
def a_parallel_scan_sees_everything_once():
    table = make_table("scans")
    with table.batch_writer() as batch:
        for number in range(100):
            batch.put_item(Item={"pk": f"item-{number}"})
    seen = []
    for segment in range(4):
        pages = client.get_paginator("scan").paginate(
            TableName="scans", Segment=segment, TotalSegments=4, PaginationConfig={"PageSize": 9}
        )
        seen.extend(item["pk"]["S"] for page in pages for item in page["Items"])
    expect(sorted(seen), sorted(f"item-{number}" for number in range(100)))


@test
def batches_read_and_write_over_tables():
    make_table("batch-one")
    make_table("batch-two", "S")
    written = client.batch_write_item(
        RequestItems={
            "batch-one": [{"PutRequest": {"Item": {"pk": {"S": "a"}, "v": {"N": "1"}}}}],
            "batch-two": [{"PutRequest": {"Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}],
        }
    )
    expect(written["UnprocessedItems"], {})
    read = client.batch_get_item(
        RequestItems={
            "batch-one": {"Keys": [{"pk": {"S": "a"}}, {"pk": {"S": "nobody"}}], "ProjectionExpression": "v"},
            "batch-two": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "b"}}]},
        }
    )
    expect(read["Responses"]["batch-one"], [{"v": {"N": "1"}}])
    expect(read["Responses"]["batch-two"], [{"pk": {"S": "a"}, "sk": {"S": "b"}}])
    expect(read["UnprocessedKeys"], {})


@test
def capacity_is_reported():
    make_table("capacity")
    item = {"pk": {"S": "a"}, "fill": {"S": "x" * 5000}}
    put = client.put_item(TableName="capacity", Item=item, ReturnConsumedCapacity="TOTAL")
    expect(put["ConsumedCapacity"], {"TableName": "capacity", "CapacityUnits": 5.0})
    arguments = {"TableName": "capacity", "Key": {"pk": {"S": "a"}}, "ReturnConsumedCapacity": "TOTAL"}
    expect(client.get_item(**arguments)["ConsumedCapacity"]["CapacityUnits"], 1.0)
    expect(client.get_item(**arguments, ConsistentRead=True)["ConsumedCapacity"]["CapacityUnits"], 2.0)


@test
def a_large_item_survives_and_a_larger_one_is_refused():
    table = make_table("large")
    table.put_item(Item={"pk": "a", "fill": "x" * 400_000})
    expect(len(table.get_item(Key={"pk": "a"})["Item"]["fill"]), 400_000)
    refused = expect_error("ValidationException", table.put_item, Item={"pk": "a", "fill": "x" * 410_000})
    expect(refused["Error"]["Message"], "Item size has exceeded the maximum allowed size")


@test
def errors_have_their_names_and_texts():
    make_table("errors")
    missing = expect_error("ResourceNotFoundException", client.get_item, TableName="nowhere", Key={"pk": {"S": "a"}})
    expect(missing["ResponseMetadata"]["HTTPStatusCode"], 400)
    wrong = expect_error("ValidationException", client.get_item, TableName="errors", Key={"other": {"S": "a"}})
    expect(wrong["Error"]["Message"], "The provided key element does not match the schema")
    expect_error(
        "ValidationException",
        client.put_item,
        TableName="errors",
        Item={"pk": {"S": "a"}},
        ConditionExpression="size(",
    )


@test
def tags_are_kept():
    make_table("tags")
    arn = client.describe_table(TableName="tags")["Table"]["TableArn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "blue"}, {"Key": "tier", "Value": "1"}])
    client.untag_resource(ResourceArn=arn, TagKeys=["tier"])
    expect(client.list_tags_of_resource(ResourceArn=arn)["Tags"], [{"Key": "team", "Value": "blue"}])


@test
def what_is_not_built_is_refused():
    expect_error("UnknownOperationException", client.list_backups)
