"""The hub: settings, people, groups, pages, and the wiring of all parts."""
