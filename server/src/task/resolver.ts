import { taskCatalog, type TaskInfo, taskNames } from "@opnas/core";
import { Query, Resolver } from "type-graphql";
import { Task } from "./types.js";

@Resolver()
export class TaskResolver {
  @Query(() => [Task], { description: "All proxy tasks." })
  tasks(): TaskInfo[] {
    return taskNames.map((name) => taskCatalog[name]);
  }
}
