"""The paper: what is asked, in whose words, and what may come back."""
