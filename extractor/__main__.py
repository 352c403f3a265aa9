"""`python -m extractor`."""

from extractor.commands.main import main

if __name__ == "__main__":
    main()
