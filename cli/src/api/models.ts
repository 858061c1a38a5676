import { graphql } from "../generated/index.js";

/** The trained models that stand beside the references. */
export const modelsDocument = graphql(`
  query Models {
    models {
      id
      name
      layers
      hidden
      params
      flops
      results {
        benchmark
        task
        set
        metric
        value
      }
    }
  }
`);

export const importModelDocument = graphql(`
  mutation ImportModel($input: ImportModelInput!) {
    importModel(input: $input) {
      id
      name
      params
      flops
      results {
        benchmark
        task
        set
        metric
        value
      }
    }
  }
`);

export const deleteModelDocument = graphql(`
  mutation DeleteModel($id: ID!) {
    deleteModel(id: $id)
  }
`);
