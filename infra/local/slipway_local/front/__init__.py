"""What API Gateway and S3's HTTP side are on AWS, on the loopback of this machine."""
