import { taskCatalog, type TaskInfo, taskNames } from "@opnas/core";
import { Query, Resolver } from "type-graphql";
import { Task } from "./types.js";
import { UsualLength } from "../http/cost.js";

@Resolver()
export class TaskResolver {
  @UsualLength(8)
  @Query(() => [Task], { description: "All proxy tasks." })
  tasks(): TaskInfo[] {
    return taskNames.map((name) => taskCatalog[name]);
  }
}
