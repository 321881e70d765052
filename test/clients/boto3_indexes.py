"""Secondary indexes: tables that have them, queries and scans, paginators, changes of tables, capacity, errors."""

import urllib.request
from decimal import Decimal

from boto3.dynamodb.conditions import Attr, Key

from boto3_support import ENDPOINT, client, expect, expect_error, expect_message, resource, test, wait


def caught_up():
    """A server's global indexes follow their tables with a delay: waits for them."""
    with urllib.request.urlopen(f"{ENDPOINT}/_stator/indexes?wait=5000") as answer:
        expect(b'"caughtUp":true' in answer.read().replace(b" ", b""), True)


def key_schema(partition, sort=None):
    schema = [{"AttributeName": partition, "KeyType": "HASH"}]
    return schema if sort is None else [*schema, {"AttributeName": sort, "KeyType": "RANGE"}]


def index(name, schema, projection="ALL", attributes=None):
    described = {"ProjectionType": projection}
    if attributes is not None:
        described["NonKeyAttributes"] = attributes
    return {"IndexName": name, "KeySchema": schema, "Projection": described}


def definitions(**types):
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


def orders_table(name):
    """Orders of customers: by day within a customer, by state everywhere, and by amount for those that are open."""
    table = resource.create_table(
        TableName=name,
        AttributeDefinitions=definitions(customer="S", id="S", day="S", state="S", open="S", cents="N"),
        KeySchema=key_schema("customer", "id"),
        LocalSecondaryIndexes=[index("by-day", key_schema("customer", "day"), "INCLUDE", ["cents"])],
        GlobalSecondaryIndexes=[
            index("by-state", key_schema("state", "day")),
            index("open", key_schema("open", "cents"), "KEYS_ONLY"),
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait_until_exists()
    return table


def order(customer, number, **more):
    return {
        "customer": customer,
        "id": f"o{number}",
        "day": f"2026-01-{20 - number:02}",
        "state": "open" if number % 2 else "sent",
        "cents": number * 100,
        **({"open": "yes"} if number % 2 else {}),
        **more,
    }


def ids(answer):
    return [item["id"] for item in answer["Items"]]


@test
def tables_with_indexes_describe_them():
    table = orders_table("described-indexes")
    described = client.describe_table(TableName="described-indexes")["Table"]
    expect(sorted(each["IndexName"] for each in described["GlobalSecondaryIndexes"]), ["by-state", "open"])
    for each in described["GlobalSecondaryIndexes"]:
        expect(each["IndexStatus"], "ACTIVE")
        expect(each["IndexArn"], f"{described['TableArn']}/index/{each['IndexName']}")
    local = described["LocalSecondaryIndexes"][0]
    expect(local["KeySchema"], key_schema("customer", "day"))
    expect(local["Projection"], {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["cents"]})
    expect(sorted(each["IndexName"] for each in table.global_secondary_indexes), ["by-state", "open"])
    expect([each["IndexName"] for each in table.local_secondary_indexes], ["by-day"])


@test
def indexes_are_queried_by_ranges_and_in_both_orders():
    table = orders_table("queried-indexes")
    with table.batch_writer() as batch:
        for number in range(1, 7):
            batch.put_item(Item=order("ann", number))
    by_day = {"IndexName": "by-day", "KeyConditionExpression": Key("customer").eq("ann")}
    # A local index is as the table is, at once.
    expect(ids(table.query(**by_day, ConsistentRead=True)), ["o6", "o5", "o4", "o3", "o2", "o1"])
    expect(ids(table.query(**by_day, ScanIndexForward=False, Limit=2)), ["o1", "o2"])
    day = Key("customer").eq("ann") & Key("day").begins_with("2026-01-1")
    found = table.query(IndexName="by-day", KeyConditionExpression=day)["Items"][0]
    expect(found, {"customer": "ann", "id": "o6", "day": "2026-01-14", "cents": Decimal(600)})
    # What a local index does not project is read from the table.
    whole = table.query(IndexName="by-day", KeyConditionExpression=day, Select="ALL_ATTRIBUTES")["Items"][0]
    expect(whole["state"], "sent")
    caught_up()
    between = Key("state").eq("open") & Key("day").between("2026-01-16", "2026-01-19")
    expect(ids(table.query(IndexName="by-state", KeyConditionExpression=between)), ["o3", "o1"])
    filtered = table.query(
        IndexName="by-state", KeyConditionExpression=Key("state").eq("sent"), FilterExpression=Attr("cents").gt(200)
    )
    expect((ids(filtered), filtered["Count"], filtered["ScannedCount"]), (["o6", "o4"], 2, 3))
    large = table.query(IndexName="open", KeyConditionExpression=Key("open").eq("yes") & Key("cents").gte(300))
    expect(ids(large), ["o3", "o5"])
    expect(sorted(large["Items"][0]), ["cents", "customer", "id", "open"])


@test
def items_enter_and_leave_sparse_indexes():
    table = orders_table("sparse-index")
    for number in (1, 3, 5):
        table.put_item(Item=order("bob", number))
    table.update_item(Key={"customer": "bob", "id": "o3"}, UpdateExpression="REMOVE #o", ExpressionAttributeNames={"#o": "open"})
    table.update_item(Key={"customer": "bob", "id": "o5"}, UpdateExpression="SET cents = :c", ExpressionAttributeValues={":c": 50})
    caught_up()
    expect(ids(table.query(IndexName="open", KeyConditionExpression=Key("open").eq("yes"))), ["o5", "o1"])
    expect(sorted(ids(table.scan(IndexName="open"))), ["o1", "o5"])
    table.delete_item(Key={"customer": "bob", "id": "o1"})
    caught_up()
    expect(table.scan(IndexName="open", Select="COUNT")["Count"], 1)


@test
def paginators_follow_indexes():
    table = orders_table("paged-indexes")
    with table.batch_writer() as batch:
        for number in range(40):
            # One day for all: the order among equal index keys is the table's business, the pages still fit.
            batch.put_item(Item=order(f"c{number % 7}", number, day="2026-01-01", state="new"))
    caught_up()
    wanted = sorted(f"c{number % 7} o{number}" for number in range(40))
    state = {
        "KeyConditionExpression": "#s = :s",
        "ExpressionAttributeNames": {"#s": "state"},
        "ExpressionAttributeValues": {":s": {"S": "new"}},
    }
    for operation, arguments in [("query", state), ("scan", {})]:
        paginator = client.get_paginator(operation)
        paging = {"PageSize": 7}
        pages = list(paginator.paginate(TableName="paged-indexes", IndexName="by-state", PaginationConfig=paging, **arguments))
        expect([page["Count"] for page in pages][:5], [7, 7, 7, 7, 7])
        expect(sorted(pages[0]["LastEvaluatedKey"]), ["customer", "day", "id", "state"])
        expect(sorted(f"{item['customer']['S']} {item['id']['S']}" for page in pages for item in page["Items"]), wanted)
    limited = client.get_paginator("scan").paginate(
        TableName="paged-indexes", IndexName="by-state", PaginationConfig={"MaxItems": 10, "PageSize": 4}
    )
    first = limited.build_full_result()
    expect(len(first["Items"]), 10)
    rest = client.get_paginator("scan").paginate(
        TableName="paged-indexes", IndexName="by-state", PaginationConfig={"StartingToken": first["NextToken"]}
    )
    expect(len(rest.build_full_result()["Items"]), 30)


@test
def segments_share_an_index_out():
    table = orders_table("index-segments")
    with table.batch_writer() as batch:
        for number in range(30):
            batch.put_item(Item=order(f"c{number}", number, state=f"s{number % 9}"))
    caught_up()
    found = [ids(table.scan(IndexName="by-state", Segment=segment, TotalSegments=4)) for segment in range(4)]
    expect(sorted(each for part in found for each in part), sorted(f"o{number}" for number in range(30)))


@test
def indexes_are_added_and_deleted():
    table = orders_table("changed-indexes")
    for number in (1, 2, 3):
        table.put_item(Item=order("cy", number))
    table = table.update(
        AttributeDefinitions=definitions(state="S", cents="N"),
        GlobalSecondaryIndexUpdates=[{"Create": index("by-amount", key_schema("state", "cents"))}],
    )
    caught_up()
    wait("table_exists", "changed-indexes")
    found = table.query(IndexName="by-amount", KeyConditionExpression=Key("state").eq("open"))
    expect(ids(found), ["o1", "o3"])
    again = {"Create": index("by-amount", key_schema("state"))}
    expect_error(
        "ValidationException",
        client.update_table,
        TableName="changed-indexes",
        AttributeDefinitions=definitions(state="S"),
        GlobalSecondaryIndexUpdates=[again],
    )
    table.update(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "open"}}])
    wait("table_exists", "changed-indexes")
    left = client.describe_table(TableName="changed-indexes")["Table"]["GlobalSecondaryIndexes"]
    expect(sorted(each["IndexName"] for each in left if each["IndexStatus"] == "ACTIVE"), ["by-amount", "by-state"])


@test
def capacity_is_told_by_index():
    orders_table("index-capacity")

    def consumed(call, **arguments):
        return call(TableName="index-capacity", ReturnConsumedCapacity="INDEXES", **arguments)["ConsumedCapacity"]

    item = {"customer": {"S": "dan"}, "id": {"S": "o1"}, "day": {"S": "d"}, "state": {"S": "s"}}
    put = consumed(client.put_item, Item=item)
    expect(
        put,
        {
            "TableName": "index-capacity",
            "CapacityUnits": 3.0,
            "Table": {"CapacityUnits": 1.0},
            "LocalSecondaryIndexes": {"by-day": {"CapacityUnits": 1.0}},
            "GlobalSecondaryIndexes": {"by-state": {"CapacityUnits": 1.0}},
        },
    )
    # The old entry goes and a new one comes, in the index whose key changes.
    moved = consumed(
        client.update_item,
        Key={"customer": {"S": "dan"}, "id": {"S": "o1"}},
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": {"S": "t"}},
    )
    expect(moved["GlobalSecondaryIndexes"], {"by-state": {"CapacityUnits": 2.0}})
    caught_up()
    query = {"KeyConditionExpression": "customer = :c", "ExpressionAttributeValues": {":c": {"S": "dan"}}}
    local = consumed(client.query, IndexName="by-day", **query)
    expect(local["LocalSecondaryIndexes"], {"by-day": {"CapacityUnits": 0.5}})
    fetched = consumed(client.query, IndexName="by-day", Select="ALL_ATTRIBUTES", **query)
    expect((fetched["CapacityUnits"], fetched["Table"]), (1.0, {"CapacityUnits": 0.5}))
    # A scan costs at least half a unit for each partition, and a new index has four.
    scanned = consumed(client.scan, IndexName="by-state")
    expect((scanned["CapacityUnits"], scanned["GlobalSecondaryIndexes"]), (2.0, {"by-state": {"CapacityUnits": 2.0}}))


@test
def item_collections_are_measured():
    orders_table("collections")
    item = {"customer": {"S": "eve"}, "id": {"S": "o1"}, "day": {"S": "d"}}
    metrics = client.put_item(TableName="collections", Item=item, ReturnItemCollectionMetrics="SIZE")["ItemCollectionMetrics"]
    expect(metrics["ItemCollectionKey"], {"customer": {"S": "eve"}})
    low, high = metrics["SizeEstimateRangeGB"]
    expect(low <= 0.001 <= high, True)
    batch = client.batch_write_item(
        RequestItems={"collections": [{"PutRequest": {"Item": item}}]}, ReturnItemCollectionMetrics="SIZE"
    )
    expect(batch["ItemCollectionMetrics"]["collections"][0]["ItemCollectionKey"], {"customer": {"S": "eve"}})


@test
def wrong_requests_of_indexes_are_refused():
    table = orders_table("refused-indexes")
    state = Key("state").eq("open")
    expect_message(
        "ValidationException",
        "The table does not have the specified index: nowhere",
        table.query,
        IndexName="nowhere",
        KeyConditionExpression=state,
    )
    expect_message(
        "ValidationException",
        "Consistent reads are not supported on global secondary indexes",
        table.query,
        IndexName="by-state",
        ConsistentRead=True,
        KeyConditionExpression=state,
    )
    expect_error(
        "ValidationException",
        table.query,
        IndexName="open",
        Select="ALL_ATTRIBUTES",
        KeyConditionExpression=Key("open").eq("yes"),
    )
    # An item whose attribute cannot be the index's key is refused, whatever else it holds.
    expect_error("ValidationException", table.put_item, Item={"customer": "f", "id": "o", "state": 1, "day": "d"})
    expect_error("ValidationException", table.put_item, Item={"customer": "f", "id": "o", "state": "", "day": "d"})
    expect_error(
        "ValidationException",
        client.create_table,
        TableName="unused-attribute",
        AttributeDefinitions=definitions(pk="S", spare="S"),
        KeySchema=key_schema("pk"),
        BillingMode="PAY_PER_REQUEST",
    )
