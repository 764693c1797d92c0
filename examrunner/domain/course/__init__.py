"""The course: catalogue, people, reviews, eligibility."""
