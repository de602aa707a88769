"""Who may do what: people by sign-in links and passwords, programs by tokens. Every door asks here."""
