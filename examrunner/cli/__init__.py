"""The command line: argparse commands, one module a group."""
