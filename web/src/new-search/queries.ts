import { type DocumentType, graphql } from "@/generated";

export const startChoices = graphql(`
  query StartChoices {
    presets {
      name
      title
      description
      settings
      candidates
    }
    tasks {
      name
      title
      description
    }
    settingDescriptions(kind: SEARCH) {
      path
      title
      description
      type
      minimum
      maximum
      choices
    }
  }
`);

export type Choices = DocumentType<typeof startChoices>;
export type SettingWords = Choices["settingDescriptions"][number];

export const startSearch = graphql(`
  mutation StartSearch($input: StartSearchInput!) {
    startSearch(input: $input) {
      ...RunSummary
    }
  }
`);
