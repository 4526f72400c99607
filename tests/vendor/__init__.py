"""The vendor's own client of the directory against the sandbox: `./run test vendor`, in no other run."""
