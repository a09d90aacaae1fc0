"""A terminal explorer for the files that Alibaba Cloud ECS Cloud Assistant sent to instances."""

__version__ = "0.1.0"
