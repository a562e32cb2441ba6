# SQLAlchemy: the ORM with selectinload; links by its insert with on_conflict.

import os
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Column, ForeignKey, Table, create_engine, delete, inspect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload

from worker import MANY, main

engine = create_engine(f"postgresql+psycopg://postgres@/bench?host={os.environ['PGHOST']}",
                       isolation_level="AUTOCOMMIT")


class Base(DeclarativeBase):
    pass


post_category = Table(
    "post_category", Base.metadata,
    Column("post_id", ForeignKey("post.id"), primary_key=True),
    Column("category_id", ForeignKey("category.id"), primary_key=True))


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    active: Mapped[bool]
    created: Mapped[datetime]
    posts: Mapped[list["Post"]] = relationship(back_populates="author", order_by="Post.id")


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    title: Mapped[str]
    body: Mapped[str | None]
    created: Mapped[datetime]
    price: Mapped[Decimal | None]
    author: Mapped[Author] = relationship(back_populates="posts")
    categories: Mapped[list["Category"]] = relationship(secondary=post_category, order_by="Category.id")


class Category(Base):
    __tablename__ = "category"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str]


deep = selectinload(Author.posts).selectinload(Post.categories)


def w1(key):
    with Session(engine) as session:
        return session.scalars(select(Author).options(deep).where(Author.id == key)).one()


def authors(options, key, count):
    with Session(engine) as session:
        return session.scalars(
            select(Author).options(options).where(Author.id > key).order_by(Author.id).limit(count)).all()


def w5(key):
    with Session(engine) as session:
        return session.scalars(
            select(Post).options(joinedload(Post.author, innerjoin=True))
            .where(Post.id > key).order_by(Post.id).limit(1000)).all()


def add(key):
    with engine.connect() as connection:
        connection.execute(insert(post_category).values(post_id=key[0], category_id=key[1]).on_conflict_do_nothing())


def remove(key):
    with engine.connect() as connection:
        connection.execute(delete(post_category).where(
            post_category.c.post_id == key[0], post_category.c.category_id == key[1]))


def plain(value):
    """What was loaded of the objects, and not the way back."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, Base):
        return value
    return {key: plain(item) for key, item in inspect(value).dict.items()
            if not key.startswith("_") and not (key == "author" and "posts" in item.__dict__)}


main({"orm": {
    "w1": w1,
    "w2": lambda key: authors(deep, key, 50),
    "w3": lambda key: authors(selectinload(Author.posts), key, MANY),
    "w5": w5,
    "add": add,
    "remove": remove,
}}, plain)
