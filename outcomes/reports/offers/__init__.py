"""The register of offers, whom it covers, how specialised it is, and where the need is: contexts of their pages."""
