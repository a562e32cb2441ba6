# Statements that the plain drivers send.  {0} and {1} are the driver's
# parameters.

AUTHOR = "a.id, a.name, a.email, a.active, a.created"
POST = "p.id, p.author_id, p.title, p.body, p.created, p.price"
POSTS = f"SELECT {POST} FROM post p WHERE p.author_id = a.id ORDER BY p.id"
CATEGORIES = """SELECT c.id, c.name, c.slug FROM post_category pc
    JOIN category c ON c.id = pc.category_id WHERE pc.post_id = p.id ORDER BY c.id"""
DEEP = f"""ARRAY(SELECT y FROM (SELECT {POST}, ARRAY(SELECT z FROM ({CATEGORIES}) z) AS categories
    FROM post p WHERE p.author_id = a.id ORDER BY p.id) y) AS posts"""


def json_statements(many):
    """The hand-written form that is best in most workloads."""
    return {
        "w1": f"SELECT to_json(x) FROM (SELECT {AUTHOR}, {DEEP} FROM author a WHERE a.id = {{0}}) x",
        "w2": f"SELECT to_json(x) FROM (SELECT {AUTHOR}, {DEEP} FROM author a WHERE a.id > {{0}} ORDER BY a.id LIMIT 50) x",
        "w3": f"""SELECT to_json(x) FROM (SELECT {AUTHOR}, ARRAY(SELECT y FROM ({POSTS}) y) AS posts
            FROM author a WHERE a.id > {{0}} ORDER BY a.id LIMIT {many}) x""",
        "w5": f"""SELECT row_to_json(x) FROM (SELECT {POST}, a AS author
            FROM post p JOIN author a ON a.id = p.author_id WHERE p.id > {{0}} ORDER BY p.id LIMIT 1000) x""",
        "add": "INSERT INTO post_category (post_id, category_id) VALUES ({0}, {1}) ON CONFLICT DO NOTHING",
        "remove": "DELETE FROM post_category WHERE post_id = {0} AND category_id = {1}",
    }


def corm_statements(many):
    """{0} is a filter, or a key of a post."""
    return {
        "w1": "SELECT corm.get(corm.prefetch_related('Author', 'posts__categories'), {0})",
        "w2": "SELECT corm.all(corm.limit(corm.prefetch_related('Author', 'posts__categories'), 50), {0})",
        "w3": f"SELECT corm.all(corm.limit(corm.prefetch_related('Author', 'posts'), {many}), {{0}})",
        "w5": "SELECT corm.all(corm.limit(corm.select_related('Post', 'author'), 1000), {0})",
        "add": "SELECT corm.add(corm.relation('Post', {0}, 'categories'), {1})",
        "remove": "SELECT corm.remove(corm.relation('Post', {0}, 'categories'), {1})",
    }


def row_statements(many):
    """A statement per level; {0} is a key or an array of keys."""
    return {
        "w1": [f"SELECT {AUTHOR} FROM author a WHERE a.id = {{0}}", "posts", "categories"],
        "w2": [f"SELECT {AUTHOR} FROM author a WHERE a.id > {{0}} ORDER BY a.id LIMIT 50", "posts", "categories"],
        "w3": [f"SELECT {AUTHOR} FROM author a WHERE a.id > {{0}} ORDER BY a.id LIMIT {many}", "posts"],
        "w5": [f"""SELECT {POST}, {AUTHOR} FROM post p JOIN author a ON a.id = p.author_id
            WHERE p.id > {{0}} ORDER BY p.id LIMIT 1000"""],
        "posts": f"SELECT {POST} FROM post p WHERE p.author_id = ANY({{0}}) ORDER BY p.id",
        "categories": """SELECT pc.post_id, c.id, c.name, c.slug FROM post_category pc
            JOIN category c ON c.id = pc.category_id WHERE pc.post_id = ANY({0}) ORDER BY c.id""",
    }


def filter_of(workload, key):
    return '{"id": %d}' % key if workload == "w1" else '{"id__gt": %d}' % key


AUTHOR_KEYS = ("id", "name", "email", "active", "created")
POST_KEYS = ("id", "author_id", "title", "body", "created", "price")


def nest(authors, posts, links):
    """Rows of the levels as dictionaries in each other."""
    result = [dict(zip(AUTHOR_KEYS, row), posts=[]) for row in authors]
    by_author = {author["id"]: author["posts"] for author in result}
    by_post = {}
    for row in posts:
        post = dict(zip(POST_KEYS, row))
        if links is not None:
            by_post[row[0]] = post["categories"] = []
        by_author[row[1]].append(post)
    for post_id, key, name, slug in links or ():
        by_post[post_id].append({"id": key, "name": name, "slug": slug})
    return result


def beside(rows):
    """Posts with the author's columns behind their own."""
    return [dict(zip(POST_KEYS, row), author=dict(zip(AUTHOR_KEYS, row[6:]))) for row in rows]
