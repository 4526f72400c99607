"""`planswitch report`: what there is to see in the organizations that an installation looks after."""
