"""What lists have in common: pages by cursor, filters as they are typed, and exports of all pages."""
