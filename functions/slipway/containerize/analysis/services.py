"""Infers databases, caches and queues from the dependencies."""

from collections.abc import Iterable

from slipway.containerize.analysis.folder import Found

# One table for all ecosystems: the names do not collide, and services are named consistently.
_CLIENTS = {
    "postgresql": "psycopg psycopg2 psycopg2-binary psycopg-binary asyncpg pg8000 aiopg pg "
    "postgres pg-promise github.com/lib/pq github.com/jackc/pgx gorm.io/driver/postgres",
    "mysql": "pymysql mysqlclient aiomysql asyncmy mysql-connector-python mysql mysql2 mariadb "
    "github.com/go-sql-driver/mysql gorm.io/driver/mysql",
    "mongodb": "pymongo motor beanie mongoengine mongodb mongoose go.mongodb.org/mongo-driver",
    "redis": "redis aioredis django-redis rq ioredis bull bullmq connect-redis "
    "github.com/redis/go-redis github.com/go-redis/redis github.com/gomodule/redigo",
    "rabbitmq": "pika aio-pika kombu amqplib amqp-connection-manager "
    "github.com/rabbitmq/amqp091-go github.com/streadway/amqp",
    "kafka": "kafka-python confluent-kafka aiokafka kafkajs node-rdkafka "
    "github.com/segmentio/kafka-go github.com/ibm/sarama "
    "github.com/confluentinc/confluent-kafka-go",
    "elasticsearch": "elasticsearch @elastic/elasticsearch github.com/elastic/go-elasticsearch",
    "memcached": "pymemcache pylibmc memcached memjs github.com/bradfitz/gomemcache",
    "nats": "nats-py nats github.com/nats-io/nats.go",
}
_SERVICE_OF = {name: service for service, names in _CLIENTS.items() for name in names.split()}


def services_of(dependencies: Iterable[Found]) -> dict[str, Found]:
    """Return service name → the dependency that implies it, in the table's order."""
    seen: dict[str, Found] = {}
    for dependency in dependencies:
        service = _SERVICE_OF.get(dependency.value.lower())
        if service is not None:
            seen.setdefault(service, dependency)
    return {service: seen[service] for service in _CLIENTS if service in seen}
