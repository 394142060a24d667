"""The record of a notice: the contract, the declaration of its fields, and the rules that hold for its values."""
