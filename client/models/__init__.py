"""The models of bodies and answers, each in a module of its own: importing one does not import all."""
