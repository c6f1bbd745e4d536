import { readProducts } from "../../read-products.js";

export const dynamic = "force-dynamic";
export const runtime = "edge";

export const GET = () => readProducts("edge");
