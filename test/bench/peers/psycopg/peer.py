# The plain driver: corm, JSON made by hand in SQL, and rows put together here.

import orjson
import psycopg
from psycopg.types.json import set_json_loads

import statements
from worker import MANY, main

set_json_loads(orjson.loads)
connection = psycopg.connect(autocommit=True)
cursor = connection.cursor()


def fetch(text, *values):
    return cursor.execute(text, values, prepare=True).fetchall()


def documents(texts, value):
    def of(workload):
        text = texts[workload].format("%s::jsonb" if value else "%s")
        one = workload == "w1"

        def read(key):
            rows = fetch(text, value(workload, key) if value else key)
            return rows[0][0] if one else [row[0] for row in rows]

        return read

    def link(verb):
        text = texts[verb].format("%s", "%s")
        return lambda key: cursor.execute(text, key, prepare=True) and None

    return {w: of(w) for w in ("w1", "w2", "w3", "w5")} | {"add": link("add"), "remove": link("remove")}


def rows():
    texts = statements.row_statements(MANY)
    posts, categories = texts["posts"].format("%s"), texts["categories"].format("%s")

    def of(workload):
        root = texts[workload][0].format("%s")
        deep = "categories" in texts[workload]
        one = workload == "w1"

        def read(key):
            found = fetch(root, key)
            children = fetch(posts, [row[0] for row in found])
            links = fetch(categories, [row[0] for row in children]) if deep else None
            result = statements.nest(found, children, links)
            return result[0] if one else result

        return read

    w5 = texts["w5"][0].format("%s")
    return {w: of(w) for w in ("w1", "w2", "w3")} | {"w5": lambda key: statements.beside(fetch(w5, key))}


main({
    "corm": documents(statements.corm_statements(MANY), statements.filter_of),
    "json": documents(statements.json_statements(MANY), None),
    "rows": rows(),
})
