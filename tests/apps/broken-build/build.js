console.error("build: prices.csv is missing");
process.exit(1);
