"""Prints what Universal Feed Parser reads at an address, as JSON: `items ADDRESS`, `shown`, `poll`, or `pages ADDRESS RELATION`."""

import calendar
import json
import sys

import feedparser


def read(address, **options):
    """Without its changes to HTML: they are no part of what the feed says."""
    return feedparser.parse(address, sanitize_html=False, resolve_relative_uris=False, **options)


def seconds(time):
    return None if time is None else calendar.timegm(time)


def items(address):
    feed = read(address)
    return {
        "bozo": str(feed.get("bozo_exception")) if feed.bozo else None,
        "items": [
            {
                "id": entry.get("id"),
                "title": entry.get("title"),
                "url": entry.get("link"),
                "published": seconds(entry.get("published_parsed")),
                "updated": seconds(entry.get("updated_parsed")),
                "content": entry.content[0].value if "content" in entry else entry.get("summary"),
                "categories": [tag.term for tag in entry.get("tags", [])],
                "creator": entry.get("author"),
                "happened": "/".join(filter(None, [entry.get("ev_startdate"), entry.get("ev_enddate")])),
            }
            for entry in feed.entries
        ],
    }


def shown(address):
    """The HTML that is left by its changes, which are on unless somebody switches them off."""
    return [entry.content[0].value if "content" in entry else entry.summary for entry in feedparser.parse(address).entries]


def poll(address):
    """The status of a first visit, and of second ones with each of the validators that it got."""
    first = read(address)
    return [first.status, read(address, etag=first.etag).status, read(address, modified=first.modified).status]


def pages(address, relation):
    """The ids on all pages, as the links of one relation lead to them."""
    ids = []
    while address:
        page = read(address)
        ids += [entry.id for entry in page.entries]
        address = next((link.href for link in page.feed.links if link.rel == relation), None)
    return ids


json.dump(globals()[sys.argv[1]](*sys.argv[2:]), sys.stdout)
