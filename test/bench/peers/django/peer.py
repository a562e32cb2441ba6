# Django: prefetch_related, select_related, and the link manager's add, remove.

import os

import django
from django.conf import settings

from worker import MANY, main

settings.configure(DATABASES={"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": "bench", "USER": "postgres", "HOST": os.environ["PGHOST"],
    "OPTIONS": {"server_side_binding": True}}}, USE_TZ=True, INSTALLED_APPS=["bench"])
django.setup()

from django.db import models  # noqa: E402 (needs the settings)


class Author(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    email = models.TextField(null=True)
    active = models.BooleanField()
    created = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "bench", "author", False


class Category(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    slug = models.TextField(unique=True)

    class Meta:
        app_label, db_table, managed = "bench", "category", False


class Post(models.Model):
    id = models.BigAutoField(primary_key=True)
    author = models.ForeignKey(Author, models.DO_NOTHING, related_name="posts")
    title = models.TextField()
    body = models.TextField(null=True)
    created = models.DateTimeField()
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    categories = models.ManyToManyField(Category, db_table="post_category", related_name="posts")

    class Meta:
        app_label, db_table, managed = "bench", "post", False


def plain(value):
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, models.Model):
        return value
    row = {field.attname: getattr(value, field.attname) for field in value._meta.concrete_fields}
    for name, loaded in getattr(value, "_prefetched_objects_cache", {}).items():
        row[name] = plain(list(loaded))
    author = value._state.fields_cache.get("author")
    if author and "posts" not in getattr(author, "_prefetched_objects_cache", {}):
        row["author"] = plain(author)
    return row


main({"orm": {
    "w1": lambda key: Author.objects.prefetch_related("posts__categories").get(pk=key),
    "w2": lambda key: list(Author.objects.prefetch_related("posts__categories").filter(pk__gt=key).order_by("pk")[:50]),
    "w3": lambda key: list(Author.objects.prefetch_related("posts").filter(pk__gt=key).order_by("pk")[:MANY]),
    "w5": lambda key: list(Post.objects.select_related("author").filter(pk__gt=key).order_by("pk")[:1000]),
    "add": lambda key: Post(pk=key[0]).categories.add(key[1]),
    "remove": lambda key: Post(pk=key[0]).categories.remove(key[1]),
}}, plain)
