"""What several tests share: builders, strategies, models."""
