"""What only training needs: building, packaging and measuring the pipelines. The library never imports this."""
