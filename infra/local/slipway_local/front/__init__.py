"""The HTTP front on loopback, in place of API Gateway and S3's HTTP endpoint."""
