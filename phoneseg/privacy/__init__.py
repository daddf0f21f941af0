"""What keeps a phone number from those who need not see it."""

from phoneseg.privacy.tokens import TokenKey, add_tokens, load_token_key

__all__ = ["TokenKey", "add_tokens", "load_token_key"]
