"""Addresses of cloud instance metadata services, which hand out the machine's credentials."""

RANGES_V4 = (
    "169.254.0.0/16",  # AWS, Azure, Google, and containers of AWS
    "100.100.100.200/32",  # Alibaba
    "168.63.129.16/32",  # Azure's host
    "192.0.0.0/24",  # Oracle
)
RANGES_V6 = (
    "fd00:ec2::/32",  # AWS
    "fd20:ce::/32",  # Google
)
