"""The client of the API, written from docs/api/openapi.json by `./run client`; never edit it."""
