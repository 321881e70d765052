"""PartiQL: statements alone, page by page, in batches and in transactions; quotes in names and values."""

from boto3.dynamodb.types import TypeSerializer

from boto3_support import client, expect, expect_error, expect_message, make_table, test

serialize = TypeSerializer().serialize


def execute(statement, *parameters, **more):
    if parameters:
        more["Parameters"] = [serialize(parameter) for parameter in parameters]
    return client.execute_statement(Statement=statement, **more)


@test
def partiql_keeps_quotes_in_names_and_values():
    table = make_table("partiql-quotes", "S")
    name, text = "a\"b'c:d#e", "it's \"quoted\" :v ? --"
    execute(
        "INSERT INTO \"partiql-quotes\" VALUE {'pk': 'o''clock', 'sk': ?, '" + name.replace("'", "''") + "': ?}",
        text,
        text,
    )
    expect(table.get_item(Key={"pk": "o'clock", "sk": text})["Item"], {"pk": "o'clock", "sk": text, name: text})
    quoted = name.replace('"', '""')
    found = execute(f'SELECT "{quoted}" FROM "partiql-quotes" WHERE pk = ? AND "{quoted}" = ?', "o'clock", text)
    expect(found["Items"], [{name: {"S": text}}])


@test
def partiql_writes_answer_what_returning_asks_for():
    table = make_table("partiql-writes")
    table.put_item(Item={"pk": "a", "n": 1})
    where = "WHERE pk = 'a'"
    answer = execute(f'UPDATE "partiql-writes" SET n = n + 2 {where} RETURNING MODIFIED NEW *')
    expect(answer["Items"], [{"n": {"N": "3"}}])
    expect_error("ConditionalCheckFailedException", execute, statement=f'UPDATE "partiql-writes" SET n = 1 {where} AND n = 9')
    expect_message(
        "DuplicateItemException",
        "Duplicate primary key exists in table",
        execute,
        statement="INSERT INTO \"partiql-writes\" VALUE {'pk': 'a'}",
    )
    answer = execute(f'DELETE FROM "partiql-writes" {where} RETURNING ALL OLD *')
    expect(answer["Items"], [{"pk": {"S": "a"}, "n": {"N": "3"}}])
    expect(execute('SELECT * FROM "partiql-writes"')["Items"], [])


@test
def partiql_pages_follow_each_other():
    table = make_table("partiql-pages", "N")
    with table.batch_writer() as batch:
        for index in range(12):
            batch.put_item(Item={"pk": "ab"[index % 2], "sk": index})
    for statement, wanted in [
        ("SELECT sk FROM \"partiql-pages\" WHERE pk IN ('a', 'b')", [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]),
        ("SELECT sk FROM \"partiql-pages\" WHERE pk = 'b' ORDER BY sk DESC", [11, 9, 7, 5, 3, 1]),
        ("SELECT sk FROM \"partiql-pages\" WHERE pk = 'a' AND sk > 2 AND sk < 9", [4, 6, 8]),
    ]:
        found = []
        more = {}
        while True:
            page = execute(statement, Limit=5, **more)
            found.extend(int(item["sk"]["N"]) for item in page["Items"])
            if "NextToken" not in page:
                break
            more = {"NextToken": page["NextToken"]}
        expect(found, wanted)
    page = execute('SELECT * FROM "partiql-pages"', Limit=1, ReturnConsumedCapacity="TOTAL")
    expect(page["ConsumedCapacity"]["TableName"], "partiql-pages")
    expect_error("ValidationException", execute, statement="SELECT * FROM \"partiql-pages\" WHERE pk = 'a'", NextToken=page["NextToken"])


@test
def partiql_batches_and_transactions():
    table = make_table("partiql-several")
    insert = "INSERT INTO \"partiql-several\" VALUE {'pk': ?}"
    statements = [{"Statement": insert, "Parameters": [{"S": pk}]} for pk in ["a", "b", "a"]]
    responses = client.batch_execute_statement(Statements=statements)["Responses"]
    expect([response.get("Error", {}).get("Code") for response in responses], [None, None, "DuplicateItem"])
    error = expect_error("TransactionCanceledException", client.execute_transaction, TransactStatements=[{"Statement": insert, "Parameters": [{"S": "c"}]}, statements[0]])
    expect([reason["Code"] for reason in error["CancellationReasons"]], ["None", "DuplicateItem"])
    client.execute_transaction(
        TransactStatements=[
            {"Statement": "UPDATE \"partiql-several\" SET n = 1 WHERE pk = 'a'"},
            {"Statement": "EXISTS (SELECT * FROM \"partiql-several\" WHERE pk = 'b' AND n IS MISSING)"},
        ]
    )
    reads = [{"Statement": f"SELECT * FROM \"partiql-several\" WHERE pk = '{pk}'"} for pk in "ac"]
    expect(client.execute_transaction(TransactStatements=reads)["Responses"], [{"Item": {"pk": {"S": "a"}, "n": {"N": "1"}}}, {}])
    expect(client.batch_execute_statement(Statements=reads)["Responses"][0]["Item"]["pk"], {"S": "a"})
    expect(table.scan(Select="COUNT")["Count"], 2)
