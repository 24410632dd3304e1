"""Read `template.yaml`, so that the local system runs exactly what is deployed."""
