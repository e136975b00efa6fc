"""The verifier as a service, `fd serve`: needs the extra `serve`."""
