"""The schema of the state file. A change of the schema needs a new FORMAT."""

APPLICATION = 0x534C5057
"""Marks the file as Slipway's, in its header."""
FORMAT = 1

SCHEMA = (
    """CREATE TABLE items (
        table_name TEXT, hash TEXT, range TEXT, item TEXT NOT NULL,
        PRIMARY KEY (table_name, hash, range)
    ) WITHOUT ROWID""",
    # The value of each index's hash key, by item.
    """CREATE TABLE indexed (
        table_name TEXT, hash TEXT, range TEXT, index_name TEXT, value TEXT NOT NULL,
        PRIMARY KEY (table_name, hash, range, index_name)
    ) WITHOUT ROWID""",
    "CREATE INDEX indexed_by_value ON indexed (table_name, index_name, value)",
    # Records of streams that not every reader has taken.
    """CREATE TABLE changes (
        id INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, record TEXT NOT NULL
    )""",
    # Events that have not reached their target.
    "CREATE TABLE deliveries (id TEXT PRIMARY KEY, arn TEXT NOT NULL, event TEXT NOT NULL)",
    """CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message TEXT NOT NULL
    )""",
    # `headers` NULL: a delete marker.
    """CREATE TABLE objects (
        id INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL,
        version TEXT NOT NULL, modified REAL NOT NULL, headers TEXT, etag TEXT, size INTEGER,
        body BLOB
    )""",
    "CREATE INDEX objects_by_key ON objects (bucket, key)",
    """CREATE TABLE executions (
        arn TEXT PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, input TEXT NOT NULL,
        status TEXT NOT NULL, started REAL NOT NULL, stopped REAL, output TEXT, error TEXT,
        cause TEXT
    )""",
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {FORMAT}",
)
