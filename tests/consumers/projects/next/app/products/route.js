import { readProducts } from "../../read-products.js";

export const dynamic = "force-dynamic";

export const GET = () => readProducts("node");
