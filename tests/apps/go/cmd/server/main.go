// A tea shop's price list.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/go-chi/chi/v5"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	router := chi.NewRouter()
	router.Get("/", answer(map[string]any{"assam": 4.2, "sencha": 6.1}))
	router.Get("/healthz", answer(map[string]any{"status": "ok"}))
	log.Fatal(http.ListenAndServe(":"+port, router))
}

func answer(body map[string]any) http.HandlerFunc {
	return func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(writer).Encode(body); err != nil {
			log.Print(err)
		}
	}
}
