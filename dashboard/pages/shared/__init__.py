"""What pages share: filters, links, words, stamps, exports. Nothing here imports a page."""
