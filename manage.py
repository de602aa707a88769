"""The `meshui` command under Django's usual name."""

from meshui.__main__ import main

if __name__ == "__main__":
    main()
