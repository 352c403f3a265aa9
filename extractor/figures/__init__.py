"""What a body's budget says, once: made of line items alone."""
