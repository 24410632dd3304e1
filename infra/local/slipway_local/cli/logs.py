"""Which steps keep a log, and under which name."""

LOGS = {
    "build_image": "build.log",
    "push_image": "push.log",
    "deploy_application": "pods.log",
    "verify_deployment": "pods.log",
}
