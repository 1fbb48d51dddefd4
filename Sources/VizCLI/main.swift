print("vizcnn")
