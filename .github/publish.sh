#!/bin/sh
# Publishes the packages whose version is not on npm yet. npm compares the address of the repository in their manifests with the
# repository that publishes.
set -eu
npm run build -- --repository "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"
npx changeset publish
