"""The products of an organization: how they stand, acts on them, and acts that go on by themselves."""
